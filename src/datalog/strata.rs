//! Which relation is complete before which: strongly connected components and strata.

/// The components of the graph in which `edges[node]` are the nodes that `node` reads: for each
/// node the number of its component. A component reads only components of a lower or its own number.
pub fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut search = Search {
        edges,
        index: vec![None; edges.len()],
        low: vec![0; edges.len()],
        component: vec![None; edges.len()],
        stack: Vec::new(),
        next_index: 0,
        next_component: 0,
    };
    for node in 0..edges.len() {
        if search.index[node].is_none() {
            search.visit(node);
        }
    }
    search.component.into_iter().map(|found| found.expect("every node was visited")).collect()
}

/// Tarjan's search, with a stack of its own: a chain of relations may be long.
struct Search<'e> {
    edges: &'e [Vec<usize>],
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    component: Vec<Option<usize>>,
    stack: Vec<usize>,
    next_index: usize,
    next_component: usize,
}

impl Search<'_> {
    fn visit(&mut self, root: usize) {
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some(&mut (node, ref mut next)) = path.last_mut() {
            if let Some(&read) = self.edges[node].get(*next) {
                *next += 1;
                match self.index[read] {
                    None => {
                        self.enter(read);
                        path.push((read, 0));
                    }
                    Some(index) if self.component[read].is_none() => {
                        self.low[node] = self.low[node].min(index);
                    }
                    Some(_) => {}
                }
            } else {
                path.pop();
                if let Some(&(reader, _)) = path.last() {
                    self.low[reader] = self.low[reader].min(self.low[node]);
                }
                self.leave(node);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.index[node] = Some(self.next_index);
        self.low[node] = self.next_index;
        self.next_index += 1;
        self.stack.push(node);
    }

    /// Closes the component whose first node is `node`.
    fn leave(&mut self, node: usize) {
        if self.index[node] != Some(self.low[node]) {
            return;
        }
        while let Some(member) = self.stack.pop() {
            self.component[member] = Some(self.next_component);
            if member == node {
                break;
            }
        }
        self.next_component += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn components_come_after_what_they_read() {
        let edges = vec![vec![1], vec![2], vec![1, 3], vec![], vec![4]];
        let found = components(&edges);
        assert_eq!(found[1], found[2]);
        assert!(found[0] > found[1] && found[1] > found[3]);
        assert!([0, 1, 3].iter().all(|&other| found[4] != found[other]));
    }
}
