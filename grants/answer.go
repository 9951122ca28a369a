package grants

// Answer is what is known of a question about somebody's access.
type Answer int

// The answers. What could not be read is never taken for a no or a yes.
const (
	No Answer = iota
	Yes
	NotVerified
)

// Bool returns the answer for JSON: nil where it is not verified.
func (a Answer) Bool() *bool {
	if a == NotVerified {
		return nil
	}
	yes := a == Yes
	return &yes
}

// String is the answer as the verb of a sentence.
func (a Answer) String() string {
	switch a {
	case Yes:
		return "may"
	case No:
		return "may not"
	}
	return "may or may not"
}

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// or is the answer to whether either is so.
func (a Answer) or(b Answer) Answer {
	switch {
	case a == Yes || b == Yes:
		return Yes
	case a == NotVerified || b == NotVerified:
		return NotVerified
	}
	return No
}

// and is the answer to whether both are so.
func (a Answer) and(b Answer) Answer {
	switch {
	case a == No || b == No:
		return No
	case a == NotVerified || b == NotVerified:
		return NotVerified
	}
	return Yes
}
