"""The exercises: right answers in replaceable pieces, wrong pieces, inputs to try."""
