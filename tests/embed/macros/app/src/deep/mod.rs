mod embedded;
mod features;
mod folders;
mod grammar;
mod graph;
mod html;
mod migrations;
