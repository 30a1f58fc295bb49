"""smsc_ru: short messages through SMSC.ru."""
