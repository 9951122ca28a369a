package sandbox

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// control runs the statements that steer. done is false for any other statement.
func (x *run) control(st tsql.Statement) (fl flow, err error, done bool) {
	switch st := st.(type) {
	case *tsql.Block:
		fl, err = x.statements(st.Statements)
	case *tsql.If:
		fl, err = x.ifElse(st)
	case *tsql.While:
		fl, err = x.while(st)
	case *tsql.Break:
		fl = flowBreak
	case *tsql.Continue:
		fl = flowContinue
	case *tsql.Return:
		fl = flowReturn
	case *tsql.TryCatch:
		fl, err = x.tryCatch(st)
	default:
		return flowNext, nil, false
	}
	return fl, err, true
}

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
	parts := strings.Split(strings.TrimSpace(text), ":")
	if len(parts) < 2 || len(parts) > 3 || strings.Trim(text, " 0123456789:.") != "" {
		return 0, false
	}
	hours, err1 := strconv.Atoi(parts[0])
	minutes, err2 := strconv.Atoi(parts[1])
	seconds := 0.0
	var err3 error
	if len(parts) == 3 {
		seconds, err3 = strconv.ParseFloat(parts[2], 64)
	}
	if err1 != nil || err2 != nil || err3 != nil || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds >= 60 {
		return 0, false
	}
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds*float64(time.Second)), true
}
