"""Changes to small real repositories, cheats and honest ones, each shown to be what it claims."""
