"""Days in English as the rest of the product writes them: with the weekday, the day first."""

DATE_FORMAT = "D j M Y"
DATETIME_FORMAT = "D j M Y H:i"
TIME_FORMAT = "H:i"
