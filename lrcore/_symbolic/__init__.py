"""What stands behind a checked derivation: evaluation, equality, parsing, typesetting."""
