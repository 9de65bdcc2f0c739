"""What members see: values in, messages out. Nothing in here reads a database or sends."""
