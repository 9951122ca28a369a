package policy

import (
	"grantree/finding"
	"grantree/tomldoc"
)

// problems is what a parse objects to, the first tomldoc.MaxFindings of it and
// then that there is more.
type problems finding.List

func (l *problems) Errorf(code string, where finding.Pos, fix, format string, args ...any) {
	if l.room(finding.Error, where) {
		(*finding.List)(l).Errorf(code, where, fix, format, args...)
	}
}

func (l *problems) Warnf(code string, where finding.Pos, fix, format string, args ...any) {
	if l.room(finding.Warning, where) {
		(*finding.List)(l).Warnf(code, where, fix, format, args...)
	}
}

// add appends what a part of the parse found.
func (l *problems) add(found finding.List) {
	for _, f := range found {
		if l.room(f.Severity, f.Where) {
			*l = append(*l, f)
		}
	}
}

// room reports whether there is room for another. Where there is none, the last
// of the list says so: as an error once an error is left out.
func (l *problems) room(s finding.Severity, where finding.Pos) bool {
	if len(*l) < tomldoc.MaxFindings {
		return true
	}
	list := (*finding.List)(l)
	where = finding.Pos{File: where.File}
	const format = "the file has more than %d problems: the others are not shown"
	switch full := len(*l) > tomldoc.MaxFindings; {
	case s == finding.Error && (!full || (*l)[tomldoc.MaxFindings].Severity != s):
		*l = (*l)[:tomldoc.MaxFindings]
		list.Errorf(finding.TooManyFindings, where, "mend those first", format, tomldoc.MaxFindings)
	case !full:
		list.Warnf(finding.TooManyFindings, where, "mend those first", format, tomldoc.MaxFindings)
	}
	return false
}
