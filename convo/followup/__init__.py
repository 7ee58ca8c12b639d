"""What is due, for the SENCO and for each teacher."""
