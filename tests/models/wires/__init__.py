"""What the providers send, each in its own format, written down from what they publish."""
