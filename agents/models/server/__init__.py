"""A server that speaks as OpenAI does and says what a script says, faults included; loopback only."""
