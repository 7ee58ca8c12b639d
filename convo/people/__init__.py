"""Pupils, carers, class lists, who of the staff may see which pupil; the roll's imports."""
