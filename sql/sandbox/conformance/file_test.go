package conformance

// file is one story: what it needs and the cases that it tells.
type file struct {
	name        string
	connections bool // a database, logins and connections for each case
	logins      []string
	users       []string
	databases   []string
	lets        map[string]string
	setups      []setup
	cases       []*story
}

// setup is T-SQL that sa runs before a case.
type setup struct {
	line     int
	database string
	text     string
}

// story is one case.
type story struct {
	file     *file
	line     int
	name     string
	sections []string
	sources  []string
	measured int // major version that the fact was measured on, 0 when documented
	atLeast  int // major version that it needs, 0 for any
	below    int
	embedded bool
	steps    []*step
}

// step is one thing that a case does and what must come of it.
type step struct {
	line     int
	kind     stepKind
	as, in   string
	text     string // batch
	password string // login: "-" is the right one
	expected outcome
	stated   bool
}

type stepKind int

const (
	stepRun   stepKind = iota
	stepRPC            // as a remote procedure call
	stepStart          // runs on while the case goes on
	stepWait           // takes what came of it
	stepLogin
	stepReset
	stepClose
)

// silent reports whether a step has no outcome of its own.
func (s *step) silent() bool {
	return s.kind == stepClose || s.kind == stepReset || s.kind == stepStart
}
