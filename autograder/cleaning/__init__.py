"""TRUSTED: what students' outputs become before a reader's browser gets them."""
