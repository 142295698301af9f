"""The office: a Django project that runs a city's medical-security agency on the rules of the law."""
