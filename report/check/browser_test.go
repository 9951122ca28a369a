package check

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cdproto "github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// root is the folder of grantree's own module.
const root = "../.."

// built is where the program is, once it is made.
var built struct {
	once sync.Once
	file string
	err  error
}

// browser is the one in which every test opens a tab.
var browser context.Context

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "report-check-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		built.file = filepath.Join(dir, "grantree")
		all, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.NoSandbox, chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.WindowSize(1200, 900))...)
		defer stop()
		var end func()
		browser, end = chromedp.NewContext(all)
		defer end()
		return m.Run()
	}())
}

// grantree runs the program on a policy in a folder of its own and returns what it
// printed.
func grantree(t *testing.T, args ...string) []byte {
	t.Helper()
	return grantreeIn(t, "", args...)
}

// grantreeIn runs it in a folder.
func grantreeIn(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	built.once.Do(func() {
		c := exec.Command("go", "build", "-o", built.file, "./cmd/grantree")
		c.Dir = root
		if out, err := c.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	var stderr bytes.Buffer
	c := exec.Command(built.file, args...)
	c.Dir = dir
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("grantree %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return out
}

// page is a report in a tab.
type page struct {
	context.Context
	t *testing.T
}

// open opens a file in a tab of its own. That nothing went wrong there, and nothing was
// asked for beside the file, is looked at when the test ends.
func open(t *testing.T, file string) page {
	t.Helper()
	ctx, end := chromedp.NewContext(browser)
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil { // opens the tab, which ends with ctx
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stop)
	address := (&url.URL{Scheme: "file", Path: file}).String()
	var mu sync.Mutex
	var wrong []string
	note := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		wrong = append(wrong, fmt.Sprintf(format, args...))
	}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			note("an exception: %v", e.ExceptionDetails)
		case *runtime.EventConsoleAPICalled:
			note("the console has %s", e.Args[0].Value)
		case *log.EventEntryAdded:
			note("the log has %q", e.Entry.Text)
		case *cdp.EventJavascriptDialogOpening:
			note("a dialog: %q", e.Message)
		case *network.EventRequestWillBeSent:
			if asked, _, _ := strings.Cut(e.Request.URL, "#"); asked != address {
				note("the page asks for %.200s", e.Request.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	p := page{ctx, t}
	call(p, network.Enable, network.EnableParams{})
	call(p, log.Enable, cdproto.Empty{})
	call(p, runtime.Enable, cdproto.Empty{})
	p.run(chromedp.Navigate(address))
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, w := range wrong {
			t.Error(w)
		}
	})
	return p
}

func (p page) run(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// got is what an action returns.
func got[T any](p page, action chromedp.Action[T]) T {
	p.t.Helper()
	out, err := chromedp.Run(p, action)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// call sends a command of the browser's protocol.
func call[P, R any](p page, command cdproto.Command[P, R], params P) R {
	p.t.Helper()
	out, err := chromedp.Call(p, command, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// value is what an expression is in the page.
func value[T any](p page, expression string) T {
	p.t.Helper()
	return got(p, chromedp.Evaluate[T](expression))
}

// choose sets a field to a value as a reader would, and lets the page hear of it.
func (p page) choose(id, to string) {
	p.t.Helper()
	value[bool](p, fmt.Sprintf(`(() => { const x = document.getElementById(%q); x.value = %q; x.dispatchEvent(new Event(x.tagName === 'SELECT' ? 'change' : 'input', {bubbles: true})); return true })()`, id, to))
}

// text is an element's.
func (p page) text(selector string) string {
	p.t.Helper()
	return value[string](p, fmt.Sprintf(`(document.querySelector(%q) || {textContent: ''}).textContent`, selector))
}

// texts are those of all elements.
func (p page) texts(selector string) []string {
	p.t.Helper()
	return value[[]string](p, fmt.Sprintf(`[...document.querySelectorAll(%q)].map(x => x.textContent)`, selector))
}

// click clicks on the first element of a selector.
func (p page) click(selector string) {
	p.t.Helper()
	p.run(chromedp.Click(chromedp.CSS(selector)))
}

// press presses a key, or types a text, where the focus is.
func (p page) press(keys string) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(keys))
}

// media has the page shown as on a kind of paper, or for a taste.
func (p page) media(kind string, features ...*emulation.MediaFeature) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind, Features: features})
}

// until waits for something to be so, and goes on where it does not come to be.
func (p page) until(expression string) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p, 5*time.Second)
	defer stop()
	_, _ = chromedp.Run(ctx, chromedp.Poll[bool](expression))
}
