package grants

// Survey is a snapshot with what is worked out of it, once: whoever asks first
// makes it, and the plan, the judgement and the fingerprint share it. The snapshot
// must not change meanwhile, and a Survey is for one goroutine at a time, beside
// which it prints the fingerprint in one of its own.
type Survey struct {
	s       *Snapshot
	ix      *index
	m       *matrix
	rows    *rowTable
	things  *things
	server  *instance
	loginOf *loginTable
	base    *Access
	knows   *knowing
	printed chan string // what a fingerprint that is being printed comes by, nil where none is
	print   string      // the fingerprint, "" until it is there
}

// NewSurvey is a Survey of which nothing is worked out yet.
func NewSurvey(s *Snapshot) *Survey { return &Survey{s: s} }

func (x *Survey) index() *index {
	if x.ix == nil {
		x.ix = newIndex(x.s)
	}
	return x.ix
}

func (x *Survey) matrix() *matrix {
	if x.m == nil {
		x.m = newMatrix(x.s, x.index())
	}
	return x.m
}

func (x *Survey) table() *rowTable {
	if x.rows == nil {
		x.rows = newRowTable(x.s, x.index())
	}
	return x.rows
}

func (x *Survey) objects() *things {
	if x.things == nil {
		x.things = newThings(x.s, x.index())
	}
	return x.things
}

func (x *Survey) instance() *instance {
	if x.server == nil {
		x.server = newInstance(x.s, x.logins().bySID)
	}
	return x.server
}

func (x *Survey) logins() loginTable {
	if x.loginOf == nil {
		t := newLoginTable(x.s)
		x.loginOf = &t
	}
	return *x.loginOf
}

// access is what NewAccess returns.
func (x *Survey) access() *Access {
	if x.base == nil {
		x.base = newAccess(x)
	}
	return x.base
}

// Access is what NewAccessFor returns of the snapshot.
func (x *Survey) Access(w *Wanted) *Access {
	if x.knows != nil && x.knows.of == w {
		return x.knows.a
	}
	a := *x.access()
	a.over, a.led, a.asking, a.wayOf = nil, nil, nil, nil
	a.catalog = make(map[int]bool, len(w.Views))
	for _, name := range w.Views {
		if v, ok := a.m.view(name); ok {
			a.catalog[a.m.views[v].ID] = true
		}
	}
	x.knows = &knowing{w, &a}
	return &a
}

// knowing is an Access that knows the views of a Wanted.
type knowing struct {
	of *Wanted
	a  *Access
}
