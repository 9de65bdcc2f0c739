-- Proofs: few transfers make a score more than the sum of what was credited in its season. They are
-- told apart here, so that the audit reads a member's every row only where it must.

-- Points that were scored and taken from somebody.
CREATE INDEX transfers_taken ON transfers (source)
WHERE source <> 1 AND kind IN ('adjustment', 'award', 'bonus', 'reversal');

-- Points brought in from elsewhere, which count for all time only.
CREATE INDEX transfers_brought_in ON transfers (target) WHERE kind IN ('merge', 'opening');
