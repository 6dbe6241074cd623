"""The author's tools: solutions to exercises and notebooks, and the course's own lint."""
