"""The desk of applications: researchers ask for records that are not open, and the office reviews and decides."""
