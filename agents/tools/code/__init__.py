"""What stands in source files: definitions and mentions, in six languages, read as data and never run."""
