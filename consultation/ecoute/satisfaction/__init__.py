"""What people say of a procedure after it: a short questionnaire, its results, its alerts."""
