"""Why a concept failed: known mistakes, the first wrong gradient, facts in the source."""
