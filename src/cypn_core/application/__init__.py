"""The use cases, one module each: what a person or a machine can ask of the hub."""
