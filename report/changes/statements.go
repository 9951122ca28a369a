package changes

// Statements is what is sent to a site, in its order.
type Statements struct {
	Causes  []Cause  `json:"causes"` // each once
	Changes []Change `json:"changes"`
	at      map[Cause]int
}

// Change is one change: its statements, and those that take it back. Causes are by
// number.
type Change struct {
	Kind      string `json:"kind"`
	Statement string `json:"statement"`
	Reverse   string `json:"reverse,omitempty"`
	Temporary bool   `json:"temporary,omitempty"` // taken back by a later one
	Causes    []int  `json:"causes,omitempty"`
}

// Cause is the line of the policy that asks for a change, and by what it reaches it.
type Cause struct {
	Where string `json:"where"` // file:line
	Of    string `json:"of,omitempty"`
	Node  string `json:"node,omitempty"`
	Level string `json:"level,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Add adds a change with its causes.
func (s *Statements) Add(c Change, causes []Cause) {
	if s.at == nil {
		s.at = map[Cause]int{}
	}
	for _, x := range causes {
		i, known := s.at[x]
		if !known {
			i = len(s.Causes)
			s.at[x], s.Causes = i, append(s.Causes, x)
		}
		c.Causes = append(c.Causes, i)
	}
	s.Changes = append(s.Changes, c)
}
