package conformance

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// stories reads all of testdata.
func stories(t *testing.T) []*file {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.case")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	var files []*file
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parse(path, string(text))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

func TestConformance(t *testing.T) {
	tg := newTarget(t)
	var n tally
	for _, f := range stories(t) {
		t.Run(filepath.Base(f.name), func(t *testing.T) { tell(t, tg, f, &n) })
	}
	t.Logf("%d cases agree, %d do not, %d differ from what another version was measured to do, %d are not for this server (version %d)",
		n.agree, n.fail, n.differ, n.skip, tg.major)
	if err := tg.tap.taken(); err != nil {
		t.Errorf("outside the cases: %v", err)
	}
	if tg.tap != nil && tg.tap.read < n.agree {
		t.Errorf("SqlClient read %d responses", tg.tap.read)
	}
}

// caseTime is how long a case may take before it counts as hung.
const caseTime = 30 * time.Second

// tally counts what became of the cases.
type tally struct{ agree, fail, differ, skip int }

// tell runs the cases of one story.
func tell(t *testing.T, tg *target, f *file, n *tally) {
	var shared *world
	broken := false // the story's setup fails
	defer func() {
		if shared != nil {
			shared.raze(context.Background())
		}
	}()
	for _, c := range f.cases {
		if broken {
			n.fail++
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			if why := tg.why(c); why != "" {
				n.skip++
				t.Logf("%s:%d: %s", f.name, c.line, why)
				return
			}
			w := shared
			if w == nil {
				var err error
				if w, err = newWorld(t.Context(), tg, f); err != nil {
					n.fail++
					broken = true
					t.Fatalf("%s: set up: %v", f.name, err)
				}
			}
			if w.judge(t, c, n); f.connections || !w.restore(t.Context()) {
				w.raze(context.Background())
				w = nil
			}
			shared = w
		})
	}
}

// judge runs a case and says whether it agrees.
func (w *world) judge(t *testing.T, c *story, n *tally) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), caseTime)
	defer stop()
	if !c.file.connections {
		if err := w.must(ctx, "BEGIN TRANSACTION"); err != nil {
			n.fail++
			t.Errorf("%s:%d: %v", c.file.name, c.line, err)
			return
		}
	}
	for _, s := range c.steps {
		got, err := w.act(ctx, s)
		err = errors.Join(err, w.target.tap.taken())
		want := w.sayAll(s.expected)
		if err == nil && want.matches(got) {
			continue
		}
		say, count := t.Errorf, &n.fail
		if !w.target.binds(c) {
			say, count = t.Logf, &n.differ
		}
		*count++
		say("%s:%d: as %s: %s\nwant\n%vgot\n%verror %v\n(case %q, %v)", c.file.name, s.line, s.as, w.say(s.text), want, got, err, c.name, append(c.sections, c.sources...))
		return
	}
	n.agree++
}

// restore rolls the case back. It returns false when the case has ended the transaction, and so may have left traces.
func (w *world) restore(ctx context.Context) bool {
	o, err := ask(ctx, w.sa, "SELECT @@TRANCOUNT, USER_NAME()")
	if err != nil || len(o.sets) != 1 || o.sets[0][0] != "1 | 'dbo'" {
		return false
	}
	return w.must(ctx, "ROLLBACK") == nil
}
