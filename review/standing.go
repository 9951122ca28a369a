package review

import (
	"maps"
	"slices"
)

// key is a reviewer's part in a row.
func (v Verdict) key() string { return fold(v.Reviewer) + "\x00" + v.Row.ID }

// taken reports whether a verdict is what its reviewer said.
func (v Verdict) taken() bool {
	return v.Outcome == Kept || v.Outcome == Revoked || v.Outcome == ByHand
}

// holds reports whether a verdict was taken of this decision.
func (v Verdict) holds(d Decision) bool { return v.taken() && v.Decision == d }

// standing is what stands of a record, by reviewer and row: the last verdict, but that
// what was revoked stays so when a later answer is refused, and no answer takes none back.
func standing(record []Entry) map[string]Verdict {
	out := map[string]Verdict{}
	for _, line := range record {
		for _, v := range line.Verdicts {
			if v.Decision == "" {
				v.Decision = map[Outcome]Decision{Kept: Keep, Revoked: Revoke, ByHand: Revoke}[v.Outcome]
			}
			old, known := out[v.key()]
			stays := v.Outcome == Unanswered || v.Outcome == Refused && (old.Outcome == Revoked || old.Outcome == ByHand)
			if !known || !stays {
				out[v.key()] = v
			}
		}
	}
	return out
}

// saidOf is who says what of each row now: the answers of some files, and of who gives
// none there what stands.
func saidOf(answers []Verdict, before map[string]Verdict) map[string]map[Decision]string {
	out := map[string]map[Decision]string{}
	put := func(v Verdict) {
		if v.Decision == "" {
			return
		}
		if out[v.Row.ID] == nil {
			out[v.Row.ID] = map[Decision]string{}
		}
		out[v.Row.ID][v.Decision] = v.Reviewer
	}
	answered := map[string]bool{}
	for _, v := range answers {
		answered[v.key()] = v.Decision != ""
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if !answered[key] {
			put(before[key])
		}
	}
	for _, v := range answers {
		put(v)
	}
	return out
}

// revokedBy names whose answer took a row out of the policy, or "".
func revokedBy(r Row, before map[string]Verdict) string {
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if v := before[key]; v.Row.ID == r.ID && v.Outcome == Revoked {
			return v.Reviewer
		}
	}
	return ""
}

// settled adds what the new answers mean for those who gave theirs before: a row that all
// agree on now ends alike for all, and one that was kept and is now revoked is open.
func settled(out []Verdict, before map[string]Verdict, said map[string]map[Decision]string) []Verdict {
	fresh := map[string]Verdict{}
	spoke := map[string]bool{}
	for _, v := range out {
		if !v.Again && v.Decision != "" {
			fresh[v.Row.ID], spoke[v.key()] = v, true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		old := before[key]
		new, is := fresh[old.Row.ID]
		switch {
		case !is || spoke[key]:
			continue
		case len(said[old.Row.ID]) == 1 && old.Outcome == Refused && new.taken():
			old.Outcome, old.Why, old.carried = new.Outcome, "settled by the answer of "+new.Reviewer, new.carried
		case new.split && old.Outcome == Kept:
			old.Outcome, old.Why = Refused, new.Why
		default:
			continue
		}
		if i := slices.IndexFunc(out, func(v Verdict) bool { return v.key() == key }); i >= 0 {
			out[i] = old
		} else {
			out = append(out, old)
		}
	}
	return out
}
