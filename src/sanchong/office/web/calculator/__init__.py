"""What would I get? A made-up visit settled by the law in force, for whoever asks; nothing is kept."""
