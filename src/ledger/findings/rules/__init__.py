"""The rules of eligibility, one module each, named as the rule is."""
