"""The tools that come with the house, one file each; found by walking this folder."""
