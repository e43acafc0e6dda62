//! Redirections: streams that join the output, go to files, or go nowhere.

use super::code::{Code, RedirectCode};
use super::find::not_found;
use super::halt::Run;
use super::link::{Around, Chain, Output};
use super::session::Session;
use super::sink::Dropped;
use super::streams::Route;
use crate::syntax::Span;
use crate::syntax::token::Redirect;
use gate::bind::Argument;

impl Session {
    pub(super) fn redirect(&mut self, redirections: &[RedirectCode], around: &mut Around, span: Span) -> Run {
        for redirection in redirections {
            match redirection.kind {
                Redirect::Merge { from, .. } => self.merge(from, around),
                Redirect::File { from, append } => {
                    self.send_to_file(from, append, redirection.file.as_ref(), around, span)?
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, from: u8, around: &mut Around) {
        let at = *around.gather.get_or_insert_with(|| {
            self.routes.gathered.push(Vec::new());
            self.routes.gathered.len() - 1
        });
        let streams = if from == 0 { 2..=6 } else { usize::from(from)..=usize::from(from) };
        around.routes.extend(streams.map(|stream| (stream, Route::Gather(at))));
    }

    /// Errors of the file stand where the command does, at `span`.
    fn send_to_file(
        &mut self,
        from: u8,
        append: bool,
        file: Option<&Code>,
        around: &mut Around,
        span: Span,
    ) -> Run {
        let target = file.map(|code| self.eval(code)).transpose()?.unwrap_or_default();
        if target.is_null() {
            if from <= 1 {
                around.output = Output::Dropped;
            }
            let streams = if from == 0 { 2..=6 } else { usize::from(from)..=usize::from(from) };
            around.routes.extend(streams.filter(|stream| *stream > 1).map(|stream| (stream, Route::Nowhere)));
            return Ok(());
        }
        if from == 0 {
            self.merge(0, around);
        }
        let path = self.to_text(&target);
        let Some(core) = self.settings.commands.find("Out-File") else {
            return Err(not_found("Out-File").into());
        };
        let mut arguments = vec![Argument::named("FilePath", path.as_str())];
        if append {
            arguments.push(Argument::named("Append", true));
        }
        let mut link = self.inner_link(span);
        self.core_stage(core, arguments, true, &mut link)?;
        link.begin(self, &mut Chain { links: &mut [], last: &mut Dropped })?;
        if from > 1 {
            self.routes.gathered.push(Vec::new());
            let at = self.routes.gathered.len() - 1;
            around.routes.push((usize::from(from), Route::Gather(at)));
            around.files.push((at, link));
            return Ok(());
        }
        around.output = Output::File(Box::new(link));
        Ok(())
    }
}
