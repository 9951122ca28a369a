package sandbox

import (
	"errors"
	"strings"
	"time"

	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// ifElse is IF.
func (x *run) ifElse(st *tsql.If) (flow, error) {
	yes, err := x.condition(st.Cond)
	switch {
	case err != nil:
		return x.failed(x.s.fail(err, st.Line), command(st))
	case yes:
		return x.statement(st.Then)
	case st.Else != nil:
		return x.statement(st.Else)
	}
	x.s.errno, x.s.rowCount = 0, 0
	return flowNext, nil
}

// while is WHILE.
func (x *run) while(st *tsql.While) (flow, error) {
	for {
		if x.s.attended() {
			return flowEnd, &failure{cancelled: true}
		}
		x.renew()
		yes, err := x.condition(st.Cond)
		if err != nil {
			return x.failed(x.s.fail(err, st.Line), command(st))
		}
		if !yes {
			return flowNext, nil
		}
		fl, err := x.statement(st.Body)
		switch {
		case err != nil || fl == flowReturn || fl == flowEnd:
			return fl, err
		case fl == flowBreak:
			return flowNext, nil
		}
	}
}

// tryCatch is BEGIN TRY … END TRY BEGIN CATCH … END CATCH.
func (x *run) tryCatch(st *tsql.TryCatch) (flow, error) {
	s := x.s
	x.try, s.try = x.try+1, s.try+1
	fl, err := x.statements(st.Try)
	x.try, s.try = x.try-1, s.try-1
	var f *failure
	if !errors.As(err, &f) || f.cancelled || f.sent || f.compile {
		return fl, err
	}
	s.caught = append(s.caught, f.last())
	x.catch++
	fl, err = x.statements(st.Catch)
	x.catch--
	s.caught = s.caught[:len(s.caught)-1]
	return fl, err
}

// caughtError is the error that the innermost CATCH is about, nil outside of one.
func (s *session) caughtError() *tds.ServerError {
	if len(s.caught) == 0 {
		return nil
	}
	return s.caught[len(s.caught)-1]
}

// waitFor is WAITFOR DELAY and WAITFOR TIME.
func (x *run) waitFor(st *tsql.WaitFor) error {
	text, err := x.text(st.X)
	if err != nil {
		return err
	}
	d, ok := parseClock(text)
	if !ok {
		return refuse(148, text)
	}
	if st.Time {
		now := x.now
		d -= now.Sub(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()))
		if d < 0 {
			d += 24 * time.Hour
		}
	}
	return x.s.sleep(d)
}

// parseClock reads hh:mm[:ss[.fff]].
func parseClock(text string) (time.Duration, bool) {
	for _, layout := range []string{"15:4:5", "15:4"} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t.Sub(t.Truncate(24 * time.Hour)), true
		}
	}
	return 0, false
}
