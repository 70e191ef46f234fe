"""Reading a sentence for the checks: numbers, times, money, places, spelling."""
