package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf16"

	"grantree/sql/mssql"

	"github.com/rogpeppe/go-internal/testscript"
)

// said is the environment variable that names the folder in which every command
// of a story leaves what it was told and what it said.
const said = "GRANTREE_TEST_SAID"

// whole is up to how many sites a story's plans stay whole, see sites.Options; as
// many as ever where it is not set.
const whole = "GRANTREE_TEST_WHOLE"

// recorded is main, with all that it prints kept for the search for passwords.
func recorded() {
	dir := os.Getenv(said)
	if dir == "" {
		main()
	}
	dir, err := os.MkdirTemp(dir, "")
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "arguments"), []byte(strings.Join(os.Args[1:], "\x00")), 0o600); err != nil {
		panic(err)
	}
	var copied sync.WaitGroup
	tee := func(stream **os.File, name string) *os.File {
		kept, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			panic(err)
		}
		r, w, err := os.Pipe()
		if err != nil {
			panic(err)
		}
		out := io.MultiWriter(kept, *stream)
		*stream = w
		copied.Go(func() { io.Copy(out, r) })
		return w
	}
	stdout, stderr := tee(&os.Stdout, "stdout"), tee(&os.Stderr, "stderr")
	code := process(func(a *app) { a.whole, _ = strconv.Atoi(os.Getenv(whole)) }, mortal)
	stdout.Close()
	stderr.Close()
	copied.Wait()
	os.Exit(code)
}

// canaries are the passwords of one story, and the files that it began with.
type canaries struct {
	work, said string
	own        map[string]string // what the story wrote itself, by file
	known      []string
}

// watch begins the search of a story: at its end nothing that a command printed
// or wrote may hold a password, but for password files and letters. What it printed
// as JSON has to be what the schema of the command says.
func watch(e *testscript.Env) (*canaries, error) {
	dir, err := os.MkdirTemp("", "grantree-said-")
	if err != nil {
		return nil, err
	}
	c := &canaries{work: e.WorkDir, said: dir, own: map[string]string{}}
	e.Setenv(said, dir)
	for name, text := range texts(c.work) {
		c.wrote(name, text)
	}
	e.Defer(func() {
		defer os.RemoveAll(dir)
		if found := c.search(); len(found) > 0 {
			e.T().Fatal("a password stands where it must not:\n" + strings.Join(found, "\n"))
		}
		if found := c.misfits(); len(found) > 0 {
			e.T().Fatal("what a command prints is not what its schema says:\n" + strings.Join(found, "\n"))
		}
	})
	return c, nil
}

// texts are the plain files under a folder.
func texts(dir string) map[string]string {
	out := map[string]string{}
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if data, err := os.ReadFile(name); err == nil {
			out[name] = string(data)
		}
		return nil
	})
	return out
}

// Where a story writes a password: in statements, in urls and in a policy that
// names a variable or a file that holds one.
var (
	inStatement = regexp.MustCompile(`(?i)PASSWORD\s*=\s*N?'((?:[^']|'')*)'`)
	inURL       = regexp.MustCompile(`(?i)passwor[dt]=([^&;"\s]+)`)
	inVariable  = regexp.MustCompile(`(?m)^\s*password_env\s*=\s*"([^"]+)"`)
	inFile      = regexp.MustCompile(`(?m)^\s*password_file\s*=\s*"([^"]+)"`)
)

// wrote notes what the story itself wrote, and the passwords in it.
func (c *canaries) wrote(name, text string) {
	c.own[name] = text
	c.in(text)
	for _, m := range inFile.FindAllStringSubmatch(text, -1) {
		if data, err := os.ReadFile(filepath.Join(filepath.Dir(name), m[1])); err == nil {
			c.add(strings.TrimSpace(string(data)))
		}
	}
}

// runs notes the passwords of what a story has the server do. In a script that
// grantree wrote there is none.
func (c *canaries) runs(name, text string) {
	if _, err := os.Stat(name); err != nil || c.own[name] == text {
		c.in(text)
	}
}

// in notes the passwords in a statement or a policy.
func (c *canaries) in(text string) {
	for _, m := range inStatement.FindAllStringSubmatch(text, -1) {
		c.add(strings.ReplaceAll(m[1], "''", "'"))
	}
	for _, m := range inURL.FindAllStringSubmatch(text, -1) {
		c.add(m[1])
	}
	for _, m := range inVariable.FindAllStringSubmatch(text, -1) {
		c.add(os.Getenv(m[1]))
	}
}

// add notes a password. One of less than six characters may stand anywhere.
func (c *canaries) add(password string) {
	if len(password) >= 6 && !slices.Contains(c.known, password) {
		c.known = append(c.known, password)
	}
}

// search returns where a password of the story stands.
func (c *canaries) search() []string {
	var runs [][]string
	outputs := map[string]string{}
	for name, text := range texts(c.said) {
		if filepath.Base(name) == "arguments" {
			runs = append(runs, strings.Split(text, "\x00"))
		}
		outputs[name] = text
	}
	files := texts(c.work)
	var secret []string
	for name, text := range files {
		if c.own[name] == text {
			delete(files, name)
		} else if c.mayHold(name, runs) {
			secret = append(secret, text)
			for line := range strings.SplitSeq(text, "\n") {
				if f := strings.Split(line, "\t"); len(f) == 3 && !strings.HasPrefix(line, "#") {
					c.add(f[2])
				}
			}
		}
	}
	var found []string
	for _, texts := range []map[string]string{outputs, files} {
		for name, text := range texts {
			if !slices.Contains(secret, text) || !private(name) { // a story may copy a password file
				found = append(found, standing(name, text, c.known)...)
			}
		}
	}
	slices.Sort(found)
	return found
}

// mayHold reports whether a file is a password file or a letter that some run
// was told to write, and for its owner's eyes alone.
func (c *canaries) mayHold(name string, runs [][]string) bool {
	if !private(name) {
		return false
	}
	in := func(at string) string {
		if !filepath.IsAbs(at) {
			at = filepath.Join(c.work, at)
		}
		return filepath.Clean(at)
	}
	for _, args := range runs {
		passwords, letters := in(flagOf(args, "--passwords-out", defaultPasswordsFile)), flagOf(args, "--letters-out", "")
		dir := filepath.Dir(passwords)
		if letters != "" {
			dir = in(letters)
		}
		if name == passwords || flagOf(args, "--letters", "") != "" && filepath.Dir(name) == dir && strings.HasPrefix(filepath.Base(name), "letter-") {
			return true
		}
	}
	return false
}

// private reports whether nobody but its owner may read a file.
func private(name string) bool {
	info, err := os.Stat(name)
	return err == nil && (runtime.GOOS == "windows" || info.Mode().Perm() == 0o600)
}

// flagOf is what a flag was given.
func flagOf(args []string, flag, unless string) string {
	for i, a := range args {
		if a == flag && i+1 < len(args) {
			return args[i+1]
		}
		if v, ok := strings.CutPrefix(a, flag+"="); ok {
			return v
		}
	}
	return unless
}

// standing returns which passwords stand in a text, in whatever form, without
// showing them: a failing test is printed too.
func standing(name, text string, known []string) []string {
	var found []string
	bare := withoutBlanks(text)
	for i, password := range known {
		for form, written := range forms(password) {
			if strings.Contains(bare, written) || form == "hex" && strings.Contains(withoutCase(bare), written) {
				found = append(found, fmt.Sprintf("%s: password %d (%d characters), %s", name, i, len(password), form))
			}
		}
	}
	if strings.HasPrefix(text, "-----BEGIN OPENSSH PRIVATE KEY-----") {
		return found // random letters of its own, which ssh-keygen wrote
	}
	for _, word := range generated.FindAllString(text, -1) {
		if looksGenerated(word) {
			found = append(found, fmt.Sprintf("%s: what looks like a generated password, at %d", name, strings.Index(text, word)))
		}
	}
	return found
}

// forms are the ways a password may be written in an output.
func forms(password string) map[string]string {
	quoted, _ := json.Marshal(password)
	var wide []byte
	for _, u := range utf16.Encode([]rune(password)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	out := map[string]string{
		"plain":              password,
		"a T-SQL string":     strings.ReplaceAll(password, "'", "''"),
		"a JSON string":      string(quoted[1 : len(quoted)-1]),
		"in a url":           url.QueryEscape(password),
		"in the path of one": url.PathEscape(password),
		"base64":             strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(password)), "="),
		"hex":                hex.EncodeToString([]byte(password)),
		"wide":               string(wide),
	}
	for form, written := range out {
		out[form] = withoutBlanks(written)
	}
	return out
}

func withoutBlanks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func withoutCase(s string) string {
	return strings.Map(unicode.ToLower, s)
}

// generated finds words of the length and the characters of a generated
// password; a story does not know those of servers that a command makes itself.
var generated = regexp.MustCompile(`[-_.+A-Za-z0-9]+`)

// looksGenerated reports whether a word could be a generated password.
func looksGenerated(word string) bool {
	return len(word) == 24 && !strings.ContainsAny(word, "lIO01") && strings.ContainsAny(word, "-_.+") &&
		strings.ContainsAny(word, "23456789") && word != withoutCase(word) && word != strings.Map(unicode.ToUpper, word)
}

// TestCanariesAreFound holds the search to what it must find.
func TestCanariesAreFound(t *testing.T) {
	const password = `Se"cr'et & 1`
	for form, written := range forms(password) {
		if len(standing("out", "before "+written+" behind", []string{password})) == 0 {
			t.Errorf("%s is not found", form)
		}
	}
	for _, tt := range []struct {
		name, text string
		want       bool
	}{
		{"wrapped", "Se\"cr'et\n    & 1", true},
		{"hex in capitals", strings.Map(unicode.ToUpper, hex.EncodeToString([]byte(password))), true},
		{"another", "Se\"cr'et & 2", false},
	} {
		if got := len(standing("out", tt.text, []string{password})) > 0; got != tt.want {
			t.Errorf("%s: found %v", tt.name, got)
		}
	}
	for range 50 {
		p, err := mssql.GeneratePassword("ann")
		if err != nil {
			t.Fatal(err)
		}
		if len(standing("out", "password: "+p+"\n", nil)) == 0 {
			t.Errorf("a generated password is not found")
		}
	}
}

// TestCanariesLookEverywhere holds it to where it must look: what is printed,
// arguments, and files, but for the password file of a run and its letters.
func TestCanariesLookEverywhere(t *testing.T) {
	const password = "kH7-found-anywhere"
	for _, tt := range []struct {
		name, file string
		mode       fs.FileMode
		args       []string
		want       bool
	}{
		{"stdout", "said/1/stdout", 0o600, nil, true},
		{"stderr", "said/1/stderr", 0o600, nil, true},
		{"an argument", "said/1/arguments", 0o600, nil, true},
		{"a script", "work/out.sql", 0o644, nil, true},
		{"a private file that is no password file", "work/people.csv", 0o600, []string{"user", "export", "--out", "people.csv"}, true},
		{"the password file", "work/pw", 0o600, []string{"apply", "--passwords-out", "pw"}, false},
		{"the password file by default", "work/" + defaultPasswordsFile, 0o600, []string{"apply"}, false},
		{"one that others may read", "work/pw", 0o644, []string{"apply", "--passwords-out=pw"}, true},
		{"a letter", "work/letter-main-ann.txt", 0o600, []string{"apply", "--letters", "t"}, false},
		{"a letter elsewhere", "work/post/letter-main-ann.txt", 0o600, []string{"apply", "--letters=t", "--letters-out=post"}, false},
		{"a letter in another folder", "work/other/letter-main-ann.txt", 0o600, []string{"apply", "--letters=t", "--letters-out=post"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			c := &canaries{work: filepath.Join(dir, "work"), said: filepath.Join(dir, "said"), own: map[string]string{}}
			c.in("CREATE LOGIN x WITH PASSWORD = N'" + password + "'")
			write := func(name, text string, mode fs.FileMode) {
				name = filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), mode); err != nil {
					t.Fatal(err)
				}
			}
			write("said/0/arguments", strings.Join(tt.args, "\x00"), 0o600)
			write(tt.file, "main\tann\t"+password+"\n", tt.mode)
			if found := c.search(); len(found) > 0 != tt.want {
				t.Errorf("found %q", found)
			}
		})
	}
}
