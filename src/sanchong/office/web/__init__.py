"""The pages that people use, in Chinese. It decides nothing: views call services and queries of the other apps."""
