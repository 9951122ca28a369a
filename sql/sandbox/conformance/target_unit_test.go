package conformance

import "testing"

func TestWhichCasesAreForAServer(t *testing.T) {
	embedded, old, measured := &target{major: 16, embedded: true}, &target{major: 15}, &target{major: 17}
	for _, c := range []struct {
		name  string
		on    *target
		of    story
		runs  bool
		binds bool
	}{
		{"documented", old, story{}, true, true},
		{"for the embedded server, there", embedded, story{embedded: true}, true, true},
		{"for the embedded server, elsewhere", old, story{embedded: true}, false, true},
		{"for newer ones", old, story{atLeast: 16}, false, true},
		{"for this one and newer", embedded, story{atLeast: 16}, true, true},
		{"for older ones", embedded, story{below: 16}, false, true},
		{"for ones before the next", old, story{below: 16}, true, true},
		{"measured on another", old, story{measured: 17}, true, false},
		{"measured on this", measured, story{measured: 17}, true, true},
		{"measured, and embedded", embedded, story{measured: 17}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if why := c.on.why(&c.of); (why == "") != c.runs {
				t.Errorf("why %q, runs %v", why, c.runs)
			}
			if c.on.binds(&c.of) != c.binds {
				t.Errorf("binds %v, want %v", !c.binds, c.binds)
			}
		})
	}
}
