"""What a lab shows: plain data (`scene`), drawn live in the browser (`live`) or once (`plots`)."""
