package review

// Standing is how far one reviewer is.
type Standing struct {
	Reviewer   string `json:"reviewer"`
	File       string `json:"file"`
	Rows       int    `json:"rows"`
	Kept       int    `json:"kept"`
	Revoked    int    `json:"revoked"`
	ByHand     int    `json:"by_hand"`
	Refused    int    `json:"refused"`
	Unanswered int    `json:"unanswered"`
}

// Status is how far a review is: who answered, and what is open.
type Status struct {
	Made      string     `json:"made"`
	Pack      string     `json:"pack"`
	Reviewers []Standing `json:"reviewers"`
	Nobody    int        `json:"nobody"` // rows that no reviewer has
	Record    string     `json:"record"` // the hash of all that was decided so far
	SignedBy  string     `json:"signed_by,omitempty"`
	Signed    string     `json:"signed,omitempty"` // when
	// SignedOver is the hash of the last line before the signature: what was signed.
	SignedOver string `json:"signed_over,omitempty"`
}

// StatusOf reads a record against its pack: of a row that was answered more than once
// the last answer counts that was taken.
func StatusOf(p *Pack, lines []Entry, last string) Status {
	out := Status{Made: p.Made, Reviewers: []Standing{}, Nobody: len(p.Nobody), Record: last}
	stands := standing(lines)
	for _, line := range lines {
		out.Pack = line.Pack
		out.SignedBy, out.Signed, out.SignedOver = "", "", ""
		if line.Event == Signed {
			out.SignedBy, out.Signed, out.SignedOver = line.By, line.Time, line.Previous
		}
	}
	for _, x := range p.Reviewers {
		s := Standing{Reviewer: x.Reviewer, File: x.File, Rows: len(x.Rows)}
		for _, r := range x.Rows {
			switch stands[Verdict{Row: r, Reviewer: x.Reviewer}.key()].Outcome {
			case Kept:
				s.Kept++
			case Revoked:
				s.Revoked++
			case ByHand:
				s.ByHand++
			case Refused:
				s.Refused++
			default:
				s.Unanswered++
			}
		}
		out.Reviewers = append(out.Reviewers, s)
	}
	return out
}

// Open is how many rows wait for an answer: not given, refused, or no reviewer's.
func (s Status) Open() int {
	n := s.Nobody
	for _, x := range s.Reviewers {
		n += x.Unanswered + x.Refused
	}
	return n
}
