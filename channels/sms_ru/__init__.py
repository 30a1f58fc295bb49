"""sms_ru: short messages through SMS.ru."""
