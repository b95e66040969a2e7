"""How a linear model is fitted: rows, losses, searches, and what the estimators share."""
