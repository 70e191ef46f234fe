"""The use cases of caseworkers: cases, replies, transfers, exports, staff."""
