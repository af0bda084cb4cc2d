"""The cases, a module for each kind of motive; found by walking."""
