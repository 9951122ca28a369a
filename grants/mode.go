package grants

// Mode is how far a policy reaches into a site: what of the way to what it wants a
// plan may contain. The zero value is All.
type Mode string

// The modes. Each does what the ones before it do, and more.
const (
	// Add only gives: it makes roles and users, renames and marks, puts people into
	// roles and grants. It denies nothing and takes nothing.
	Add Mode = "add"
	// Narrow also takes what people and groups of the policy have beyond it. Who is
	// nobody of the policy stays as they are, and nothing is dropped.
	Narrow Mode = "narrow"
	// All is what the policy says, and nothing else of grantree's.
	All Mode = "all"
)

// Modes are all modes, the one that does least first.
var Modes = []Mode{Add, Narrow, All}

// whole reports whether a plan may do all that the policy asks for.
func (m Mode) whole() bool { return m == "" || m == All }

// Drops reports whether the mode lets somebody or something be dropped.
func (m Mode) Drops() bool { return m.whole() }

// Takes reports whether the mode lets somebody lose something.
func (m Mode) Takes() bool { return m != Add }
