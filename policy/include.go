package policy

import (
	"fmt"
	"path/filepath"

	"grantree/finding"
	"grantree/tomldoc"
)

// Source is a policy file: its name, as positions show it, and its bytes.
type Source struct {
	File string
	Data []byte
}

// MaxFile is the most bytes that a file of a policy or catalog may have, and
// all files of a policy together.
const MaxFile = tomldoc.MaxText

// A loop of links can make a chain of includes endless: these stop it.
const (
	maxIncludeDepth = 32
	maxFiles        = 1000
)

// page is one decoded file with the places of everything in it.
type page struct {
	src Source
	doc *tomldoc.Doc
	in  filePolicy
	// broken holds the places of values that could not be read, so that they
	// are not reported a second time as missing.
	broken map[finding.Pos]bool
}

// loader reads a file and all that it includes.
type loader struct {
	read     func(path string) ([]byte, error)
	open     []string        // the files that are being read, outermost first
	seen     map[string]bool // every file read so far
	tried    int             // includes so far, read or not
	bytes    int             // of the files that were read
	values   int             // in those files
	pages    []*page
	full     bool // too many files were included
	findings problems
}

// load decodes src and then, in order, the files it includes.
func (l *loader) load(src Source) {
	pg := &page{src: src, broken: map[finding.Pos]bool{}}
	var found finding.List
	pg.doc, found = tomldoc.Decode(src.File, src.Data, &pg.in)
	for _, f := range found {
		pg.broken[f.Where] = true
	}
	l.findings.add(found)
	l.pages = append(l.pages, pg)
	l.bytes, l.values = l.bytes+len(src.Data), l.values+pg.doc.Values()
	name := filepath.Clean(src.File)
	l.seen[name] = true
	l.open = append(l.open, name)
	for i, file := range pg.in.Include {
		l.include(src.File, file, pg.doc.At("include", i))
	}
	l.open = l.open[:len(l.open)-1]
}

// include loads one included file, whose name is relative to the file that
// names it.
func (l *loader) include(from, file string, at finding.Pos) {
	if file == "" {
		l.findings.Errorf(finding.IncludeMissing, at, "name a file", "an include has no file name")
		return
	}
	name := relative(from, file)
	l.tried++
	switch {
	case l.tried >= maxFiles:
		if !l.full {
			l.findings.Errorf(finding.TooManyFiles, at, "include fewer files", "a policy may consist of at most %d files", maxFiles)
		}
		l.full = true
		return
	case l.isOpen(name) || len(l.open) > maxIncludeDepth:
		l.findings.Errorf(finding.IncludeCycle, at, "remove one of the includes", "including %q goes round in a circle", file)
		return
	case l.seen[name]:
		l.findings.Errorf(finding.IncludedTwice, at, "include a file once", "%q is included already", file)
		return
	}
	data, err := l.fetch(name)
	switch {
	case err != nil:
		l.findings.Errorf(finding.IncludeMissing, at, "", "cannot include %q: %v", file, err)
		return
	case l.bytes+len(data) > MaxFile || l.values > tomldoc.MaxValues:
		l.findings.Errorf(finding.TooLarge, at, "", "with %q the files of the policy are larger than may be read: %d MiB and %d keys and values in all", file, MaxFile>>20, tomldoc.MaxValues)
		return
	}
	l.load(Source{File: name, Data: data})
}

func (l *loader) isOpen(name string) bool {
	for _, o := range l.open {
		if o == name {
			return true
		}
	}
	return false
}

// fetch reads a file through the look-up that Parse was handed.
func (l *loader) fetch(name string) ([]byte, error) {
	if l.read == nil {
		return nil, fmt.Errorf("no other file can be read here")
	}
	return l.read(name)
}

// relative returns the path of file as named by the file from.
func relative(from, file string) string {
	if filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	return filepath.Join(filepath.Dir(from), file)
}
