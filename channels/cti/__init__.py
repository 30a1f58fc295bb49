"""cti: any exchange that speaks the public CTI format (newCall, answer, hangup)."""
