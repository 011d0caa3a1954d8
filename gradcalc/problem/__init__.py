"""From a YAML file to a Problem."""
