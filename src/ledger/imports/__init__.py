"""Where facts come from beside the API: case files."""
