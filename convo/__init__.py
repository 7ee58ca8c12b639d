"""convo: the structured conversation with a child's parents, from first question to what the family keeps."""

__version__ = "0.1.0"
