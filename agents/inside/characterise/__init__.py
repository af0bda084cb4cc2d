"""What the job `testgen` is made of: how people call the code, what calls are worth trying, what came of them."""
