"""A conversation with a model as a second Decider: facts, state, what follows, what is owed."""
