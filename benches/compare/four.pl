% The four rules over facts pool(Fqdn, Role, Version), sba(Fqdn), backup(Owner, Name), group(Name, Home),
% claim(Name, Level) and covers(Claim, Group): a line `rule TAB name [TAB name]` for each finding.

front_end(P) :- pool(P, 'front-end', _).

is_2013(P) :- pool(P, _, V), V \== '', V \== 'lync-2010'.

pair(P, Q) :- backup(P, Q), Q \== P, front_end(P), front_end(Q).

misnamed(P) :- backup(P, X), \+ pair(P, X), !.

partner(P, Q) :- pair(P, Q), counts(P, Q).
partner(P, Q) :- pair(Q, P), counts(P, Q).

counts(P, _) :- is_2013(P), !.
counts(_, Q) :- is_2013(Q).

asymmetric_backup(P, Q) :- pair(P, Q), counts(P, Q), \+ pair(Q, P), \+ misnamed(Q).

multiple_partners(P) :- front_end(P), once((partner(P, Q), partner(P, R), Q \== R)).

sba_without_registrar(S) :- sba(S), \+ backup(S, _).

dr_claimed_for_sba_users(C, G) :- claim(C, full), covers(C, G), group(G, S), sba(S).

main :-
    forall(asymmetric_backup(P, Q), format("asymmetric-backup\t~w\t~w~n", [P, Q])),
    forall(multiple_partners(P), format("multiple-partners\t~w~n", [P])),
    forall(sba_without_registrar(S), format("sba-without-registrar\t~w~n", [S])),
    forall(dr_claimed_for_sba_users(C, G), format("dr-claimed-for-sba-users\t~w\t~w~n", [C, G])).
