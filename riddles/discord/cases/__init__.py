"""Use cases: what people do here, a module per family; commands and buttons lead to them alike."""
